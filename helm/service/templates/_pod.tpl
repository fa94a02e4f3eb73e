{{/* What a pod may reach and who lets it in. */}}
{{- define "service.edges" -}}
{{- range include "service.calls" . | fromYamlArray -}}
chandlery.example/calls-{{ replace "." "-" . }}: "true"
{{ end }}
{{- range .Values.uses -}}
chandlery.example/uses-{{ . }}: "true"
{{ end }}
{{- end }}

{{/* The pod of a track: include "service.pod" (dict "root" $ "track" $track) */}}
{{- define "service.pod" -}}
{{- $values := .root.Values }}
{{- $drain := $values.drain -}}
serviceAccountName: {{ .root.Release.Name }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ add $drain.preStopSeconds (div (add $drain.delayMs $drain.stopDeadlineMs 999) 1000) $drain.slackSeconds }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- include "service.pullSecrets" .root }}
securityContext: {{- include "service.podSecurity" . | nindent 2 }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels: {{- include "service.selector" $ | nindent 8 }}
  {{- end }}
{{- with $values.sidecars }}
initContainers:
  {{- range . }}
  - {{ merge (dict "restartPolicy" "Always") . (dict "securityContext" (include "service.containerSecurity" $ | fromYaml)) | toYaml | nindent 4 | trim }}
  {{- end }}
{{- end }}
containers:
  - {{ include "service.container" . | nindent 4 | trim }}
volumes:
  - { name: tmp, emptyDir: { sizeLimit: 64Mi } }
  {{- if $values.persistence.size }}
  - { name: data, persistentVolumeClaim: { claimName: {{ .root.Release.Name }} } }
  {{- end }}
  {{- with $values.volumes }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}

{{- define "service.pullSecrets" }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - { name: {{ . }} }
  {{- end }}
{{- end }}
{{- end }}
