{{/* The restricted pod security profile: pod, then container. */}}
{{- define "service.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}
{{- define "service.containerSecurity" -}}
{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: {{ not .Values.development.writable }}, capabilities: { drop: [ALL] } }
{{- end }}

{{/* Probes and the way out. A start may take a minute; a pod that is not ready gets nothing after four seconds; one that is stuck starts again. */}}
{{- define "service.lifecycle" -}}
startupProbe: { httpGet: { path: /startup, port: ops }, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 60 }
livenessProbe: { httpGet: { path: /healthz, port: ops }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }
readinessProbe: { httpGet: { path: /ready, port: ops }, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 }
lifecycle: { preStop: { sleep: { seconds: {{ .Values.drain.preStopSeconds }} } } }
{{- end }}

{{/* The app itself; a canary has some values of its own. */}}
{{- define "service.container" -}}
{{- $values := .root.Values }}
{{- $own := eq .track.track "canary" | ternary $values.canary dict -}}
name: {{ .root.Release.Name }}
image: {{ include "service.image" (dict "root" .root "tag" .track.tag) | quote }}
imagePullPolicy: {{ $values.image.pullPolicy }}
ports:
  - { name: ops, containerPort: {{ $values.opsPort }} }
  {{- range $name, $port := $values.ports }}
  - { name: {{ $name }}, containerPort: {{ $port }} }
  {{- end }}
envFrom:
  - configMapRef: { name: {{ .root.Release.Name }} }
  - secretRef: { name: {{ include "service.secret" .root }} }
{{- with $own.env }}
env:
  {{- range $name, $value := . }}
  - { name: {{ $name }}, value: {{ $value | quote }} }
  {{- end }}
{{- end }}
resources: {{- mergeOverwrite (deepCopy $values.resources) ($own.resources | default dict) | toYaml | nindent 2 }}
{{ include "service.lifecycle" .root }}
securityContext: {{ include "service.containerSecurity" .root }}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  {{- with $values.persistence.mountPath }}
  - { name: data, mountPath: {{ . }} }
  {{- end }}
  {{- with $values.volumeMounts }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}
