# The agent's image: target `full` (the default) brings troubleshoot's support-bundle program, `slim` does not.
# The base images are arguments, for a mirror, a digest, or an image of one's own. NODE_IMAGE needs node and a
# shell, BUILD_IMAGE npm too; TROUBLESHOOT_IMAGE holds the program where troubleshoot's own image has it.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG BUILD_IMAGE=${NODE_IMAGE}
ARG TROUBLESHOOT_IMAGE=replicated/troubleshoot:v0.133.0


FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# The build needs no install scripts. Behind a mirror or a TLS proxy: --secret id=npmrc,src=FILE with `registry=…`,
# --secret id=ca,src=FILE with the certificates to trust beside Node's own, PEM.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=ca \
    if [ -e /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi \
 && npm ci --ignore-scripts
COPY tsconfig.json ./
COPY agent agent
RUN npm run build \
 && chmod 755 dist/cron-support-bundle.mjs


FROM ${NODE_IMAGE} AS slim
# Package managers have no use here, and scanners find holes in them. A volume covers the spool in a cluster;
# the folder is for a plain `docker run`.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
 && mkdir -p /var/spool/cron-support-bundle \
 && chown 65532:65532 /var/spool/cron-support-bundle \
 && ln -s /app/cron-support-bundle.mjs /usr/local/bin/cron-support-bundle
COPY --from=build /build/dist /app
COPY LICENSE /app/

# Numeric, so that a kubelet can tell that it is not root.
USER 65532:65532
# Where commands write without --output. Beside the spool the only folder that must be writable.
WORKDIR /tmp
# The source maps beside the program cost memory from the start when they are switched on, so they are not:
# NODE_OPTIONS=--enable-source-maps gives true positions in stack traces.
ENV NODE_ENV=production
# The other port is for loopback.
EXPOSE 8080
ENTRYPOINT ["cron-support-bundle"]
CMD ["serve"]

ARG NODE_IMAGE
ARG VERSION=0.0.0-dev
ARG REVISION=unknown
ARG SOURCE=unknown
ARG LICENSES=Apache-2.0
LABEL org.opencontainers.image.title="cron-support-bundle" \
      org.opencontainers.image.description="Collects a troubleshoot support bundle of a Kubernetes cluster on a schedule, redacts it, and delivers it" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="${LICENSES}" \
      org.opencontainers.image.base.name="${NODE_IMAGE}"


FROM ${TROUBLESHOOT_IMAGE} AS troubleshoot


FROM slim AS full
COPY --from=troubleshoot /troubleshoot/support-bundle /usr/local/bin/support-bundle
# Collectors that speak TLS to the outside trust these; Node has its own.
COPY --from=troubleshoot /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
