{{/* A tag as text: one that is all digits may have become a number on its way. */}}
{{- define "service.tag" -}}
{{ with . }}{{ kindIs "string" . | ternary . (int64 .) }}{{ end }}
{{- end }}

{{/* What runs side by side, as a list: the track, its Deployment, the Service that leads there, its tag. Blue is always there. */}}
{{- define "service.tracks" -}}
{{- $app := .Release.Name -}}
{{- $colours := eq .Values.strategy "blueGreen" }}
{{- $greenIsLive := and $colours (eq .Values.blueGreen.active "green") }}
{{- $blueTag := and $colours .Values.blueGreen.blueTag | default .Values.image.tag -}}
- { track: blue, name: {{ $app }}, service: {{ $greenIsLive | ternary (print $app "-preview") $app }}, tag: {{ include "service.tag" $blueTag | quote }} }
{{- if and $colours .Values.blueGreen.greenTag }}
- { track: green, name: {{ $app }}-green, service: {{ $greenIsLive | ternary $app (print $app "-preview") }}, tag: {{ include "service.tag" .Values.blueGreen.greenTag | quote }} }
{{- end }}
{{- if and (eq .Values.strategy "canary") .Values.canary.tag }}
- { track: canary, name: {{ $app }}-canary, service: {{ $app }}-canary, tag: {{ include "service.tag" .Values.canary.tag | quote }} }
{{- end }}
{{- end }}

{{/* The tag that is on trial, or else the only one. */}}
{{- define "service.newestTag" -}}
{{- $tag := "" }}
{{- range include "service.tracks" . | fromYamlArray }}
{{- if or (not $tag) (ne .service $.Release.Name) }}{{ $tag = .tag }}{{ end }}
{{- end }}
{{- $tag }}
{{- end }}

{{/* How many pods a colour has at least. */}}
{{- define "service.minimum" -}}
{{ .Values.autoscaling.enabled | ternary .Values.autoscaling.min .Values.replicas | int }}
{{- end }}
