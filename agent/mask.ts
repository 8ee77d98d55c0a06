/** What stands in the place of hidden text, whoever hides it. Source: troubleshoot v0.133.0, pkg/redact/redact.go. */
export const MASK = '***HIDDEN***';
