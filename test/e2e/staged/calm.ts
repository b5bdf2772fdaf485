import type { Settings } from '../../../main/api/shapes.ts'
import type { Answers } from '../stage.ts'
import { list, mark, picked, references, repositories, tags } from './catalogue.ts'
import { library, docker, image } from './library.ts'
import { stick, small, folder } from './places.ts'
import { plan } from './plan.ts'
import { idle } from './transfers.ts'

export const settings: Settings = {
  theme: 'system',
  projects: ['nvidia', 'nim'],
  platform: 'linux/amd64',
  source: 'registry',
  jobs: 2,
  connections: 8,
  verifyAfterWrite: 'removable',
  withApp: false,
  proxy: '',
  extraCertificates: [
    { id: 'c1', name: 'company-root.pem', subject: 'CN=Company Root CA, O=Company' },
  ],
  logsFolder: '/home/operator/.config/ngc-replicator/logs',
  canKeepKeys: false,
}

/** Everything answered, nothing going on. */
export const calm: Answers = {
  'app.about': {
    version: '0.1.0',
    electron: '45.4.1',
    chromium: '150.0',
    node: '24.21.0',
    platform: 'linux-x64',
    runtime: 'packaged',
  },
  'notices.list': [],
  'session.get': { kind: 'guest' },
  'settings.get': settings,
  'catalogue.get': list,
  'catalogue.repository': {
    ...(repositories[0] ?? {
      path: '',
      isSigned: false,
      isPrivate: false,
      isMultiArchitecture: false,
    }),
    page: 'https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch',
    description:
      '# PyTorch\n\nA GPU accelerated tensor framework.\n\n<script>window.hostile = 1</script><img src=x onerror="window.hostile = 2">\n\n[bad](javascript:window.hostile=3) and [good](https://docs.nvidia.com/)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sh\ndocker run --gpus all -it --rm nvcr.io/nvidia/pytorch:24.05-py3\n```\n\n- one\n- two\n',
  },
  'catalogue.tags': { tags },
  'catalogue.logo': `data:image/svg+xml,${encodeURIComponent(mark)}`,
  'selection.get': picked,
  'selection.add': undefined,
  'selection.remove': undefined,
  'selection.preview': { references, failures: [] },
  'selection.parse': { references, unknown: ['hello world'] },
  'places.get': { drives: [stick, small], recent: [folder] },
  'plan.make': plan,
  'transfers.get': idle,
  'library.open': library,
  'library.image': image,
  'library.fitness': { state: 'no-driver' },
  'engines.find': {
    engines: [docker],
    problems: [],
    looked: ['Podman at /run/podman/podman.sock'],
  },
  'push.defaults': { to: '', username: '', isInsecureAllowed: false, hasPassword: false },
  'delivery.get': { state: 'none' },
}
