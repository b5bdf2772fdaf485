import { MARK } from './names.ts'

/** `README.txt`: what the folder is, and how to go on without us. Line ends for Notepad of every age; others read them as well. */
export const readme = `Container images, saved by ${MARK}
${'='.repeat(`Container images, saved by ${MARK}`.length)}

Each NAME.tar is one image for one platform, byte for byte as its registry
published it. It loads into Docker, Podman and containerd, with no network.
Where a drive holds no large files, an image lies in parts: NAME.tar.000,
NAME.tar.001 and so on. One after another they are the whole.

What is here       inventory.html in a browser (inventory.json for programs)
Is it all intact   sha256sum -c SHA256SUMS
Load               sh load.sh
                   powershell -ExecutionPolicy Bypass -File load.ps1

load.sh and load.ps1 check the sums and load all images, or those you name:

    sh load.sh
    sh load.sh --list
    sh load.sh --to podman pytorch:24.01-py3
    sh load.sh --to ctr --namespace k8s.io

By hand, on Linux and macOS, whole and in parts:

    docker load -i NAME.tar             cat NAME.tar.* | docker load
    podman load -i NAME.tar             cat NAME.tar.* | podman load
    ctr images import NAME.tar          cat NAME.tar.* | ctr images import -

By hand, on Windows, in parts:

    copy /b NAME.tar.000+NAME.tar.001 NAME.tar
    docker load -i NAME.tar

On macOS, shasum -a 256 -c takes the place of sha256sum -c. A single file on
Windows: certutil -hashfile NAME.tar SHA256, to be compared with SHA256SUMS.

The program itself, where it came along, is in the folder app, with a word on
how to install it: app/README.txt.

Names that end in .partial are images that were never finished.
state.yml belongs to the program that saved the images: it tells what need not
be fetched again. description_*.md are texts of the publishers.
`.replaceAll('\n', '\r\n')
