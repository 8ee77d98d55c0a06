{{/* Names. Suffixes of up to 7 characters are appended, and all must fit into 63. */}}
{{- define "cron-support-bundle.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 56 | trimSuffix "-" -}}
{{- end -}}

{{- define "cron-support-bundle.fullname" -}}
{{- $name := include "cron-support-bundle.name" . -}}
{{- $prefix := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $prefix | trunc 56 | trimSuffix "-" -}}
{{- end -}}

{{- define "cron-support-bundle.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end -}}

{{/* Name of what is not the own namespace's: two releases of one name in two namespaces must not meet. */}}
{{- define "cron-support-bundle.clusterName" -}}
{{- printf "%s.%s" (include "cron-support-bundle.fullname" .) (include "cron-support-bundle.namespace" .) -}}
{{- end -}}

{{- define "cron-support-bundle.serviceAccountName" -}}
{{- $own := ternary (include "cron-support-bundle.fullname" .) "default" .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default $own -}}
{{- end -}}

{{- define "cron-support-bundle.specSecretName" -}}
{{- .Values.supportBundle.existingSecret.name | default (printf "%s-spec" (include "cron-support-bundle.fullname" .)) -}}
{{- end -}}

{{- define "cron-support-bundle.specSecretKey" -}}
{{- ternary "support-bundle-spec" .Values.supportBundle.existingSecret.key (empty .Values.supportBundle.existingSecret.name) -}}
{{- end -}}

{{- define "cron-support-bundle.stateName" -}}
{{- include "cron-support-bundle.fullname" . }}-state
{{- end -}}

{{/* Selectors are immutable: these two labels only, for ever. */}}
{{- define "cron-support-bundle.selectorLabels" -}}
app.kubernetes.io/name: {{ include "cron-support-bundle.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "cron-support-bundle.labels" -}}
{{- $own := dict
  "app.kubernetes.io/version" .Chart.AppVersion
  "app.kubernetes.io/managed-by" .Release.Service
  "helm.sh/chart" (printf "%s-%s" .Chart.Name (replace "+" "_" .Chart.Version))
-}}
{{- merge (include "cron-support-bundle.selectorLabels" . | fromYaml) $own .Values.commonLabels | toYaml -}}
{{- end -}}

{{/*
metadata of an object of the own namespace.
Argument: list of the root, the name's suffix, and maps of more labels and annotations.
*/}}
{{- define "cron-support-bundle.metadata" -}}
{{- $root := index . 0 -}}
{{- $labels := merge (include "cron-support-bundle.labels" $root | fromYaml) (index . 2) -}}
{{- $annotations := merge (dict) (index . 3) $root.Values.commonAnnotations -}}
name: {{ include "cron-support-bundle.fullname" $root }}{{ index . 1 }}
namespace: {{ include "cron-support-bundle.namespace" $root }}
labels:
  {{- toYaml $labels | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "cron-support-bundle.image" -}}
{{- $image := .Values.image -}}
{{- $registry := (.Values.global).imageRegistry | default $image.registry -}}
{{- with $registry }}{{ . | trimSuffix "/" }}/{{ end -}}
{{- $image.repository | default .Chart.Name }}:{{ $image.tag | default .Chart.AppVersion -}}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/*
Text of a value that a vendor's license may have set: "", <nil>, 0 and null mean unset, and come back as "".
Never fails: a vendor's typo must not break the customer's update.
*/}}
{{- define "cron-support-bundle.licenseText" -}}
{{- $text := toString . | trim -}}
{{- ternary "" $text (has $text (list "" "<nil>" "0" "null")) -}}
{{- end -}}

{{/* A license field as the Replicated registry injects it, else "". Argument: list of the root and the field's name. */}}
{{- define "cron-support-bundle.licenseField" -}}
{{- $root := index . 0 -}}
{{- $fields := (($root.Values.global).replicated).licenseFields -}}
{{- if and $root.Values.license.enabled (kindIs "map" $fields) -}}
{{- $field := get $fields (index . 1) -}}
{{- if kindIs "map" $field -}}
{{- get $field "value" | include "cron-support-bundle.licenseText" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "cron-support-bundle.schedule" -}}
{{- include "cron-support-bundle.licenseText" .Values.schedule
  | default (include "cron-support-bundle.licenseField" (list . .Values.license.scheduleField)) -}}
{{- end -}}

{{/*
Where the URL (or the User-Agent) comes from, as YAML:
`secret` and `key` to read at start, `text` of our own Secret, and `source` for NOTES; {} when unset.
Argument: list of the root, the value, the key in the existing Secret, the license field, the key in our own Secret.
*/}}
{{- define "cron-support-bundle.uploadSetting" -}}
{{- $root := index . 0 -}}
{{- $value := include "cron-support-bundle.licenseText" (index . 1) -}}
{{- $existing := $root.Values.upload.existingSecret.name -}}
{{- $license := include "cron-support-bundle.licenseField" (list $root (index . 3)) -}}
{{- $own := dict "secret" (printf "%s-upload" (include "cron-support-bundle.fullname" $root)) "key" (index . 4) -}}
{{- if $value -}}
{{- merge $own (dict "text" $value "source" "the chart's values") | toYaml -}}
{{- else if and $existing (index . 2) -}}
{{- dict "secret" $existing "key" (index . 2) "source" (printf "key %s of Secret %s" (index . 2) $existing) | toYaml -}}
{{- else if $license -}}
{{- merge $own (dict "text" $license "source" (printf "license field %s" (index . 3))) | toYaml -}}
{{- else -}}
{}
{{- end -}}
{{- end -}}

{{- define "cron-support-bundle.uploadUrl" -}}
{{- include "cron-support-bundle.uploadSetting" (list . .Values.upload.url .Values.upload.existingSecret.urlKey .Values.license.urlField "url") -}}
{{- end -}}

{{- define "cron-support-bundle.uploadUserAgent" -}}
{{- include "cron-support-bundle.uploadSetting" (list . .Values.upload.userAgent .Values.upload.existingSecret.userAgentKey .Values.license.userAgentField "userAgent") -}}
{{- end -}}

{{/* Bytes, as a float: a quantity such as 512Mi, 2G or 1.5Gi, or a number, in exponent notation too (KOTS prints large ones so). */}}
{{- define "cron-support-bundle.bytes" -}}
{{- $text := toString . -}}
{{- $factors := dict "" 1 "k" 1000 "K" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $number := regexFind "^[0-9]+(\\.[0-9]+)?(e\\+?[0-9]+)?" $text -}}
{{- mulf (float64 $number) (get $factors (trimPrefix $number $text)) -}}
{{- end -}}

{{/* Sum of sizes as a quantity in Mi, rounded up. */}}
{{- define "cron-support-bundle.sizeSum" -}}
{{- $sum := 0.0 -}}
{{- range . }}{{ $sum = addf $sum (include "cron-support-bundle.bytes" . | float64) }}{{ end -}}
{{- printf "%dMi" (divf $sum 1048576 | ceil | int64) -}}
{{- end -}}

{{/* Name of the ConfigMap or Secret with a CA, whichever is set. */}}
{{- define "cron-support-bundle.caSource" -}}
{{- .Values.customCA.configMapName | default .Values.customCA.secretName -}}
{{- end -}}

{{/* A map as `from=to` pairs, comma-separated. */}}
{{- define "cron-support-bundle.pairs" -}}
{{- $pairs := list -}}
{{- range $from, $to := . }}{{ $pairs = append $pairs (printf "%s=%s" $from $to) }}{{ end -}}
{{- join "," $pairs -}}
{{- end -}}
