/** The commonest passwords of ten characters and more, in lower case, and what this shop suggests. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `0123456789 0987654321 1029384756 1111122222 1122334455 1212121212 1234512345 1234554321 1234567890 12345678900 12345678901
  12345678910 123456789012 123456789a 123456789q 1234567891 1234567899 1234qwerasdf 123qweasdzxc 147258369a 159753456852
  1a2b3c4d5e 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc 9876543210 a123456789 a1b2c3d4e5 abc123456789 abcd123456 abcdefghij
  abcdefghijk adminadmin administrator administrator1 alexander1 asdasdasdasd asdfasdfasdf asdfghjkl1 asdfghjkl123 asdfghjkl; baseball123
  basketball basketball1 butterfly1 california changeit123 changeme12 changeme123 changeme1234 charlie123 chandlery1 chandlery12
  chandlery123 chandlery1234 chocolate1 christopher computer123 correcthorsebatterystaple dragon1234 elizabeth1 evangelion
  football12 football123 freedom123 fuckyou123 generation helloworld helloworld1 hello12345 hello123456 iloveyou12 iloveyou123
  iloveyou1234 iloveyouso internet123 jennifer123 jordan2323 letmein123 letmein1234 liverpool1 liverpool123 manchester
  manchester1 master1234 michael123 michelle123 microsoft1 monkey1234 mypassword mypassword1 nothing123 p@ssw0rd12 p@ssw0rd123 p@ssword123
  pa55word123 passpass12 passpasspass passw0rd12 passw0rd123 password!1 password00 password01 password10 password11 password12
  password123 password123! password1234 password12345 password123456 password99 passwordpassword pokemon123 princess12 princess123
  q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedc1 qazwsxedc123 qazwsxedcrfv qqqqwwwweeee qwe123qwe123 qwer1234qwer qwerasdfzxcv qwerty0123 qwerty1234
  qwerty12345 qwerty123456 qwertyqwerty qwertyuiop qwertyuiop1 qwertyuiop123 qwertyuiop[] realmadrid rockyou123 samsung123 secret1234
  shadow1234 snowboard1 spiderman1 starwars123 sunshine12 sunshine123 superman12 superman123 supersecret test123456 testtest12
  testtest123 testtesttest trustno123 trustnoone unbelievable universal1 university unknown123 volleyball welcome123 welcome1234
  whatever12 whatever123 zaq12wsxcde3 zaq1zaq1zaq1 zxcvbnm123 zxcvbnm1234 zxcvbnmasd`.split(/\s+/),
);
