# The command line in a container: Node and out/main, nothing else.
#   npm ci && npm run build && docker build -t ngc-replicator .
#   docker run --rm -v /media/stick:/output ngc-replicator --project nvidia --image pytorch --latest 1
ARG NODE_VERSION=24
ARG BASE=node:${NODE_VERSION}-bookworm-slim
FROM ${BASE}

COPY package.json LICENSE /opt/ngc-replicator/
COPY out/main /opt/ngc-replicator/out/main
# As with the original NGC Container Replicator, what is fetched goes to /output.
ENV NGC_REPLICATOR_OUTPUT_PATH=/output
RUN mkdir -p /output && chown 1000:1000 /output
# By number, so that Kubernetes can tell that it is not root.
USER 1000:1000
VOLUME /output
WORKDIR /output
ENTRYPOINT ["node", "--max-semi-space-size=1", "--single-threaded", "/opt/ngc-replicator/out/main/cli.js"]
