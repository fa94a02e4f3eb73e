import { expect, test } from 'vitest';
import { parseForm } from './form.ts';
import { parameters } from './parameters.ts';
import { CreateIntent } from './schemas.ts';

const read = (text: string) => parameters(CreateIntent, parseForm(text));

test('reads a form as the stripe package writes it', () => {
  const form =
    'amount=1250&currency=eur&confirm=true&off_session=false&payment_method=pm_card_visa&capture_method=manual' +
    '&metadata[orderId]=0198&metadata[note]=a%20%26%20b&payment_method_types[0]=card' +
    '&automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never';
  expect(read(form)).toEqual({
    amount: 1250,
    currency: 'eur',
    confirm: true,
    off_session: false,
    payment_method: 'pm_card_visa',
    capture_method: 'manual',
    metadata: { orderId: '0198', note: 'a & b' },
    payment_method_types: ['card'],
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });
});

test.each([
  ['currency=eur', 'parameter_missing', 'amount'],
  ['amount=1&currency=eur&colour=red', 'parameter_unknown', 'colour'],
  ['amount=12.5&currency=eur', 'parameter_invalid_integer', 'amount'],
  ['amount=0&currency=eur', 'parameter_invalid_integer', 'amount'],
  ['amount=&currency=eur', 'parameter_invalid_integer', 'amount'],
  ['amount=1&currency=euro', undefined, 'currency'],
  ['amount=1&currency=eur&metadata=x', undefined, 'metadata'],
  ['amount=1&currency=eur&metadata[a][b]=x', undefined, 'metadata[a]'],
  [
    'amount=1&currency=eur&automatic_payment_methods[enabled]=true&automatic_payment_methods[on]=1',
    'parameter_unknown',
    'automatic_payment_methods[on]',
  ],
  ['amount=1&currency=eur&__proto__[amount]=1', 'parameter_unknown', '__proto__'],
])('refuses %s', (form, code, param) => {
  expect(() => read(form)).toThrow(
    expect.objectContaining({ status: 400, details: expect.objectContaining({ param }) }),
  );
  expect(() => read(form)).toThrow(
    expect.objectContaining({ details: code ? expect.objectContaining({ code }) : { param } }),
  );
});
