/** Form fields as Stripe nests them: `metadata[orderId]=1` is {metadata: {orderId: '1'}}, `types[0]=card` {types: {0: 'card'}}. */
export interface Form {
  [name: string]: string | Form;
}

const empty = (): Form => Object.create(null); // a field may be called __proto__

function put(form: Form, [name, ...rest]: string[], value: string): void {
  if (name === undefined) return;
  if (rest.length === 0) {
    form[name] = value;
    return;
  }
  const inner = form[name];
  const nested = typeof inner === 'object' ? inner : empty();
  form[name] = nested;
  put(nested, rest, value);
}

export function parseForm(text: string): Form {
  const form = empty();
  for (const [name, value] of new URLSearchParams(text)) put(form, name.replaceAll(']', '').split('['), value);
  return form;
}
