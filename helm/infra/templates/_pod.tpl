{{/* The restricted pod security profile, as the image's user: include "infra.pod" (dict "root" $ "user" 999) */}}
{{- define "infra.pod" -}}
automountServiceAccountToken: false
# the Service `kafka` would give every pod a KAFKA_PORT, which Kafka's image takes for a setting
enableServiceLinks: false
terminationGracePeriodSeconds: 60
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "infra.containerSecurity" -}}
{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
{{- end }}

{{/* Probes: it serves when `answers` says so, and starts again when nothing accepts on `port` for a minute. A recovery may take five minutes. */}}
{{- define "infra.probes" -}}
startupProbe: { {{ .answers }}, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 300 }
readinessProbe: { {{ .answers }}, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 }
livenessProbe: { tcpSocket: { port: {{ .port }} }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }
{{- end }}

{{/* The volume `data`: include "infra.data" (dict "root" $ "size" "1Gi") */}}
{{- define "infra.data" -}}
- metadata: { name: data }
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .root.Values.storageClassName }}
    storageClassName: {{ . }}
    {{- end }}
    resources: { requests: { storage: {{ .size }} } }
{{- end }}
