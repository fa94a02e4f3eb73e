{{/* Labels of everything in the release. */}}
{{- define "service.labels" -}}
app.kubernetes.io/name: {{ .Release.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: chandlery
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* The app's pods, of every track: include "service.pods" $ */}}
{{- define "service.pods" -}}
app.kubernetes.io/name: {{ .Release.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: service
{{- end }}

{{/* The pods of one track. A Deployment's selector cannot change: this is the same for every strategy. */}}
{{- define "service.selector" -}}
{{ include "service.pods" .root }}
chandlery.example/track: {{ .track.track }}
{{- end }}

{{/* A tag as a label's value. */}}
{{- define "service.version" -}}
app.kubernetes.io/version: {{ regexReplaceAll "[^A-Za-z0-9._-]" . "_" | trunc 63 | trimAll "._-" | quote }}
{{- end }}

{{- define "service.image" -}}
{{ .root.Values.image.repository }}:{{ .tag }}
{{- end }}

{{- define "service.secret" -}}
{{ .Values.existingSecret | default .Release.Name }}
{{- end }}
