import { MARK } from '../drive-files/names.ts'

export const README_NAME = 'README.txt'

/** `app/README.txt`: how to install what lies beside it, by system. Line ends for Notepad of every age. */
export const appReadme = `${MARK}
${'='.repeat(MARK.length)}

The program that saved the images on this drive. It needs no network. Not all
of these files need be here: take what fits your machine, and copy it to a disk
of it first, as a drive seldom lets programs run.

Is it intact       sha256sum -c SHA256SUMS      in the folder above this one

Linux              ngc-replicator-VERSION-linux-x64.tar

    tar -xf ngc-replicator-VERSION-linux-x64.tar -C ~
    ~/ngc-replicator-VERSION/ngc-replicator

    The window needs a sandbox. Where the system does not let users make one
    (Ubuntu since 23.10) install a deb or rpm, or give it its own, once:

    cd ~/ngc-replicator-VERSION
    sudo chown root chrome-sandbox && sudo chmod 4755 chrome-sandbox

    The command line needs none: ngc-replicator --help

Debian, Ubuntu     sudo apt install ./NAME.deb
Fedora, RHEL       sudo dnf install ./NAME.rpm
Other Linux        chmod +x NAME.AppImage && ./NAME.AppImage

Windows            ngc-replicator-VERSION-windows-x64.tar, or the setup NAME.exe

    tar -xf ngc-replicator-VERSION-windows-x64.tar -C %USERPROFILE%

    Then start "NGC Replicator.exe" in the folder ngc-replicator-VERSION there.
    The command line is resources\\bin\\ngc-replicator.cmd.

macOS              ngc-replicator-VERSION-macos-arm64.tar, or NAME.dmg

    tar -xf ngc-replicator-VERSION-macos-arm64.tar -C /Applications
`.replaceAll('\n', '\r\n')
