/** What is wrong with which part of the input; the path of the part has dots. */
export interface Field {
  field: string;
  message: string;
}

/** As a validator of TypeBox reports it. */
export interface SchemaError {
  keyword: string;
  instancePath: string;
  message: string;
  params: object;
}

function fields({ keyword, instancePath, message, params }: SchemaError): Field[] {
  const path = instancePath.slice(1).replaceAll('/', '.');
  const inside = (name: string) => (path ? `${path}.${name}` : name);
  if (keyword === 'required') {
    return (params as { requiredProperties: string[] }).requiredProperties.map((name) => ({
      field: inside(name),
      message: 'is missing',
    }));
  }
  if (keyword === 'additionalProperties') {
    return (params as { additionalProperties: string[] }).additionalProperties.map((name) => ({
      field: inside(name),
      message: 'is not known',
    }));
  }
  // the schema `false` of an unknown property comes beside `additionalProperties`
  if (keyword === 'boolean') return [];
  return [{ field: path, message }];
}

/** What a validator found, one problem for each part of the input. */
export function fieldsOf(errors: readonly SchemaError[]): Field[] {
  return [...new Map(errors.flatMap(fields).map((problem) => [problem.field, problem])).values()];
}
