/** What the help says below the options, and the manual page in chapters of their own. */
export const examples = `\
  ngc-replicator nvidia/pytorch:24.01-py3 --output-path /media/stick
  ngc-replicator --image tensorrt --image pytorch --min-version 24.01 --latest 3 --dry-run
  ngc-replicator inventory /media/stick
  ngc-replicator verify /media/stick
  ngc-replicator load /media/stick --image pytorch:24.01-py3
  ngc-replicator push /media/stick --to registry.example:5000/ngc
  ngc-replicator clean /media/stick --dry-run`

export const remarks = `\
Without references or a selection every image of nvidia is meant: terabytes. Begin with --dry-run.
What was interrupted is gone on with by the same command.`

export const environment = `\
  Each option of the main command, but not of a command after it, can be set there: --min-version as
  NGC_REPLICATOR_MIN_VERSION, the key as NGC_REPLICATOR_API_KEY. A repeatable one holds several, parted by blanks; one
  without a value is set by 1, true, yes or on. What stands on the command line comes first.
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY: proxies. NODE_EXTRA_CA_CERTS: a PEM file of further certificate authorities.
  DOCKER_HOST, DOCKER_CONTEXT, CONTAINER_HOST, CONTAINERD_ADDRESS: engines elsewhere.
  DOCKER_CONFIG: the folder where “docker login” keeps logins of registries, if not .docker in the home folder.`

export const more = `
Examples:
${examples}

${remarks}

Environment:
${environment}`

export const exitCodes = `
Exit codes: 0 all well, 1 something failed (the rest was done), 2 wrong use, 130 interrupted.`
