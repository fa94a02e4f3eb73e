import { type Static, type TSchema, Type } from 'typebox';

const text = Type.String();
const optional = Type.Optional;
const strict = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

const sync = strict({ manual: Type.Array(strict({ src: text, dest: text })) });
const artifact = strict({
  image: text,
  docker: strict({ dockerfile: text, buildArgs: Type.Record(text, text), target: optional(text) }),
  sync: optional(sync),
});
const local = strict({
  push: optional(Type.Boolean()),
  useBuildkit: optional(Type.Boolean()),
  concurrency: optional(Type.Integer()),
});
const release = strict({
  name: text,
  chartPath: text,
  namespace: text,
  valuesFiles: optional(Type.Array(text)),
  setValueTemplates: optional(Type.Record(text, text)),
  setValues: optional(Type.Record(text, Type.Unknown())),
});
const hook = strict({ host: strict({ command: Type.Array(text) }) });
const patch = strict({
  op: Type.Union([Type.Literal('add'), Type.Literal('remove'), Type.Literal('replace')]),
  path: text,
  value: optional(Type.Unknown()),
});

/** As much of Skaffold's schema v4beta11 as skaffold.yaml uses (https://skaffold.dev/docs/references/yaml); a key beside it is refused. */
export const Skaffold = strict({
  apiVersion: Type.Literal('skaffold/v4beta11'),
  kind: Type.Literal('Config'),
  metadata: strict({ name: text }),
  build: strict({
    tagPolicy: strict({ gitCommit: strict({ variant: text }) }),
    local,
    artifacts: Type.Array(artifact),
  }),
  deploy: strict({
    statusCheckDeadlineSeconds: Type.Integer(),
    helm: strict({ hooks: optional(strict({ before: Type.Array(hook) })), releases: Type.Array(release) }),
  }),
  profiles: Type.Array(
    strict({
      name: text,
      activation: optional(Type.Array(strict({ command: text }))),
      build: optional(strict({ local })),
      patches: Type.Array(patch),
    }),
  ),
});

export type Skaffold = Static<typeof Skaffold>;
