{{/* The agent's container: its settings are those of agent/config/fields.ts. */}}
{{- define "cron-support-bundle.container" -}}
name: agent
image: {{ include "cron-support-bundle.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: ["serve"]
env:
  {{- include "cron-support-bundle.env" . | nindent 2 }}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
ports:
  - name: http
    containerPort: {{ .Values.http.port }}
    protocol: TCP
{{- range $probe, $path := dict "startupProbe" "/healthz" "livenessProbe" "/healthz" "readinessProbe" "/readyz" }}
{{- with index $.Values $probe }}
{{ $probe }}:
  httpGet:
    path: {{ $path }}
    port: http
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  - name: work
    mountPath: /tmp
  - name: spool
    mountPath: /var/spool/cron-support-bundle
  {{- if .Values.upload.headersSecret.name }}
  - name: upload-headers
    mountPath: /etc/cron-support-bundle/upload-headers
    readOnly: true
  {{- end }}
  {{- if include "cron-support-bundle.caSource" . }}
  - name: upload-ca
    mountPath: /etc/cron-support-bundle/upload-ca
    readOnly: true
  {{- end }}
  {{- if .Values.http.tokenSecret.name }}
  - name: http-token
    mountPath: /etc/cron-support-bundle/http-token
    readOnly: true
  {{- end }}
{{- end -}}

{{- define "cron-support-bundle.volumes" -}}
- name: work
  emptyDir:
    {{- $bundle := .Values.maxBundleSize }}
    {{- $sizes := ternary (list $bundle $bundle $bundle) (list .Values.workDir.sizeLimit) (empty .Values.workDir.sizeLimit) }}
    sizeLimit: {{ include "cron-support-bundle.sizeSum" $sizes }}
- name: spool
  {{- if eq .Values.spool.type "pvc" }}
  persistentVolumeClaim:
    claimName: {{ .Values.spool.existingClaim | default (printf "%s-spool" (include "cron-support-bundle.fullname" .)) }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ include "cron-support-bundle.sizeSum" (list .Values.spool.maxSize .Values.maxBundleSize) }}
  {{- end }}
{{- with .Values.upload.headersSecret }}
{{- if .name }}
- name: upload-headers
  secret:
    secretName: {{ .name }}
    items:
      - key: {{ .key | quote }}
        path: headers
{{- end }}
{{- end }}
{{- with include "cron-support-bundle.caSource" . }}
- name: upload-ca
  {{- if $.Values.customCA.configMapName }}
  configMap:
    name: {{ . }}
  {{- else }}
  secret:
    secretName: {{ . }}
  {{- end }}
    items:
      - key: {{ $.Values.customCA.key | quote }}
        path: ca.crt
{{- end }}
{{- with .Values.http.tokenSecret }}
{{- if .name }}
- name: http-token
  secret:
    secretName: {{ .name }}
    items:
      - key: {{ .key | quote }}
        path: token
{{- end }}
{{- end }}
{{- end -}}

{{- define "cron-support-bundle.env" -}}
{{- $namespace := include "cron-support-bundle.namespace" . -}}
{{- $upload := .Values.upload -}}
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
{{- range $name, $setting := dict "UPLOAD_URL" (include "cron-support-bundle.uploadUrl" .) "UPLOAD_USER_AGENT" (include "cron-support-bundle.uploadUserAgent" .) }}
{{- with fromYaml $setting }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key | quote }}
      optional: true
{{- end }}
{{- end }}
- name: UPLOAD_KEY
  value: {{ $upload.key | quote }}
{{- $settings := dict
  "RELEASE_NAME" .Release.Name
  "STATE" (printf "configmap/%s/%s" $namespace (include "cron-support-bundle.stateName" .))
  "SCHEDULE" (include "cron-support-bundle.schedule" .)
  "TIME_ZONE" .Values.timeZone
  "SCHEDULE_JITTER" .Values.scheduleJitter
  "MIN_INTERVAL" .Values.minInterval
  "MISSED_RUN" .Values.missedRun
  "MISSED_RUN_DEADLINE" .Values.missedRunDeadline
  "RUN_ON_START" .Values.runOnStart
  "SUSPEND" .Values.suspend
  "SPEC" (include "cron-support-bundle.specRefs" .)
  "SPEC_SELECTOR" .Values.supportBundle.discover.selector
  "SPEC_NAMESPACES" (join "," .Values.supportBundle.discover.namespaces)
  "SPEC_REMOTE" .Values.supportBundle.remote
  "COLLECTORS_ALLOWED" (join "," .Values.collectorsAllowed)
  "NAMESPACES" (join "," .Values.namespaces)
  "ENGINE" .Values.engine
  "SUPPORT_BUNDLE_CLI" .Values.supportBundleCli
  "RUN_TIMEOUT" .Values.runTimeout
  "COLLECTOR_TIMEOUT" .Values.collectorTimeout
  "KUBE_CONCURRENCY" .Values.kubeConcurrency
  "COLLECTOR_IMAGES" (include "cron-support-bundle.pairs" .Values.collectorImages)
  "REDACT_DISABLE" (join "," .Values.redact.disable)
  "REDACT_ENABLE" (join "," .Values.redact.enable)
  "REDACT_OPAQUE" .Values.redact.opaque
  "SECRET_SCAN" .Values.redact.secretScan
  "MAX_BUNDLE_SIZE" .Values.maxBundleSize
  "WORK_DIR" "/tmp/cron-support-bundle"
  "UPLOAD_METHOD" $upload.method
  "UPLOAD_HEADERS_FILE" (ternary "" "/etc/cron-support-bundle/upload-headers/headers" (empty $upload.headersSecret.name))
  "UPLOAD_CA_FILE" (ternary "" "/etc/cron-support-bundle/upload-ca/ca.crt" (empty (include "cron-support-bundle.caSource" .)))
  "UPLOAD_TIMEOUT" $upload.timeout
  "UPLOAD_IDLE_TIMEOUT" $upload.idleTimeout
  "RETRY_INITIAL" $upload.retryInitial
  "RETRY_MAX" $upload.retryMax
  "SPOOL_DIR" "/var/spool/cron-support-bundle"
  "SPOOL_MAX_SIZE" .Values.spool.maxSize
  "SPOOL_MAX_AGE" .Values.spool.maxAge
  "SPOOL_KEEP" .Values.spool.keep
  "HISTORY" .Values.history
  "HTTP_PORT" .Values.http.port
  "ADMIN_PORT" .Values.http.adminPort
  "HTTP_TOKEN_FILE" (ternary "" "/etc/cron-support-bundle/http-token/token" (empty .Values.http.tokenSecret.name))
  "HTTP_PROXY" .Values.proxy.http
  "HTTPS_PROXY" .Values.proxy.https
  "NO_PROXY" .Values.proxy.noProxy
  "LOG_LEVEL" .Values.logging.level
  "LOG_FORMAT" .Values.logging.format
}}
{{- range $name, $value := $settings }}
{{- if ne (toString $value) "" }}
- name: {{ $name }}
  value: {{ ternary (int64 $value) $value (kindIs "float64" $value) | toString | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "cron-support-bundle.specRefs" -}}
{{- $own := printf "secret/%s/%s/%s" (include "cron-support-bundle.namespace" .) (include "cron-support-bundle.specSecretName" .) (include "cron-support-bundle.specSecretKey" .) -}}
{{- prepend .Values.supportBundle.additionalSpecs $own | join "," -}}
{{- end -}}
