{{/* Refuses what the schema cannot: values that make no sense together. */}}
{{- define "service.checks" -}}
{{- $app := .Release.Name }}
{{- with .Values }}
{{- if and (not .development.enabled) (or (hasKey .env "FAULTS_ENABLED") (hasKey .env "DEFENCES_OFF")) }}{{ fail (printf "%s: FAULTS_ENABLED and DEFENCES_OFF are for development alone" $app) }}{{ end }}
{{- if not .image.repository }}{{ fail (printf "%s: image.repository is empty" $app) }}{{ end }}
{{- if and (eq .blueGreen.active "green") (eq .strategy "blueGreen") (not .blueGreen.greenTag) }}{{ fail (printf "%s: blueGreen.active is green, but there is no blueGreen.greenTag" $app) }}{{ end }}
{{- if and .development.only (not .development.enabled) }}{{ fail (printf "%s is for development alone, and this environment is not (development.enabled)" $app) }}{{ end }}
{{- if gt (int .autoscaling.min) (int .autoscaling.max) }}{{ fail (printf "%s: autoscaling.min is above autoscaling.max" $app) }}{{ end }}
{{- $several := or (gt (int .replicas) 1) .autoscaling.enabled (ne .strategy "rolling") }}
{{- if and .persistence.size $several }}{{ fail (printf "%s: a volume is for one pod: with persistence, replicas is 1, autoscaling off and strategy rolling" $app) }}{{ end }}
{{- if and .migrations.enabled (not (has "postgresql" .uses)) }}{{ fail (printf "%s: migrations.enabled, but postgresql is not among uses" $app) }}{{ end }}
{{- if and (or .expose .ingress.path) (not .ports.http) }}{{ fail (printf "%s: expose and ingress.path are for apps with an http port" $app) }}{{ end }}
{{- if and (ne .ingress.kind "none") (not .ingress.host) }}{{ fail (printf "%s: ingress.kind is %s, but ingress.host is empty" $app .ingress.kind) }}{{ end }}
{{- if and (eq .ingress.kind "HTTPRoute") (not .ingress.gateway.name) }}{{ fail (printf "%s: an HTTPRoute needs ingress.gateway.name" $app) }}{{ end }}
{{- end }}
{{- range include "service.tracks" . | fromYamlArray }}
{{- if has .tag (list "" "latest") }}{{ fail (printf "%s: the image's tag is %q; name one build: --set-string image.tag=..." .name .tag) }}{{ end }}
{{- end }}
{{- end }}
