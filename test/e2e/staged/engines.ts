import type { EnginesView } from '../../../main/api/shapes.ts'
import { docker } from './library.ts'

/** Several that can be used, and one that cannot. */
export const engines: EnginesView = {
  engines: [
    docker,
    {
      id: 'podman',
      kind: 'podman',
      name: 'Podman 4.9.3',
      origin: 'Podman of this user',
      address: '/run/user/1000/podman/podman.sock',
    },
    {
      id: 'k3s',
      kind: 'containerd',
      name: 'containerd 1.7.12 (k3s)',
      origin: 'k3s',
      address: '/run/k3s/containerd/containerd.sock',
      storage: '/var/lib/rancher/k3s/agent/containerd',
      freeBytes: 81_000_000_000,
    },
  ],
  problems: [
    {
      where: '/run/containerd/containerd.sock',
      message: 'containerd may not be used by this user.',
      hint: 'Ask for the right to use its socket.',
    },
  ],
  looked: ['DOCKER_HOST', 'Docker Desktop at /home/operator/.docker/desktop/docker.sock'],
}

export const noEngine: EnginesView = {
  engines: [],
  problems: [],
  looked: ['Docker at /var/run/docker.sock', 'the podman command'],
  nothing: {
    message: 'No container engine answers on this machine.',
    hint: 'Start Docker (sudo systemctl start docker, or Docker Desktop) or install Podman; for one elsewhere set DOCKER_HOST.',
  },
}
