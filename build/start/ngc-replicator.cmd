@echo off
rem NGC Replicator: the window for no argument, or for one path; else the command line.
setlocal
rem A packaged Electron takes the one out of its environment, and leaves the other.
if defined NODE_EXTRA_CA_CERTS set "NGC_EXTRA_CA_CERTS=%NODE_EXTRA_CA_CERTS%"
if "%~1"=="" goto window
if "%~2"=="" if exist "%~f1\*" goto window
"%~dp0..\..\NGC Replicator.exe" --log-level=3 --js-flags=--max-semi-space-size=1 --cli -- %*
exit /b %ERRORLEVEL%
:window
start "" "%~dp0..\..\NGC Replicator.exe" %*
