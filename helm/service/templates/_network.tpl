{{/* Peers that it calls: its own, and those it has in development. */}}
{{- define "service.calls" -}}
{{ .Values.development.enabled | ternary (concat .Values.calls .Values.development.calls) .Values.calls | toJson }}
{{- end }}

{{/* The way to DNS, as a rule of egress. */}}
{{- define "service.toDns" -}}
- to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }, podSelector: { matchLabels: { k8s-app: kube-dns } } }]
  ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
{{- end }}

{{/* The way to a server, here or managed, as a rule of egress: include "service.toServer" (dict "root" $ "server" "kafka"). Traces also go to a collector beside Prometheus. */}}
{{- define "service.toServer" -}}
{{- $values := .root.Values -}}
- to:
    - podSelector: { matchLabels: { app.kubernetes.io/name: {{ .server }} } }
    {{- if eq .server "jaeger" }}
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ $values.metrics.namespace }} } }
    {{- else if $values.servers.cidr }}
    - ipBlock: { cidr: {{ $values.servers.cidr }} }
    {{- end }}
  ports: [{ port: {{ get $values.servers.ports .server }} }]
{{- end }}
