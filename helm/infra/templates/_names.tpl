{{/* The servers and their ports by name. */}}
{{- define "infra.servers" -}}
postgresql: { postgresql: 5432 }
kafka: { kafka: 9092 }
redis: { redis: 6379 }
{{- if .Values.jaeger.enabled }}
jaeger: { otlp-http: 4318, query: 16686 }
{{- end }}
{{- end }}

{{/* A server's pods: include "infra.pods" (dict "root" $ "name" "kafka") */}}
{{- define "infra.pods" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "infra.labels" -}}
{{ include "infra.pods" . }}
app.kubernetes.io/component: server
app.kubernetes.io/part-of: chandlery
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{- define "infra.metadata" -}}
name: {{ .name }}
labels: {{- include "infra.labels" . | nindent 2 }}
{{- end }}
