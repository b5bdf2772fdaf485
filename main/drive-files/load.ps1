<#
.SYNOPSIS
Loads the container images of this folder into docker, podman or containerd, after checking their sums.

.DESCRIPTION
Written by NGC Replicator. It reads inventory.tsv and SHA256SUMS beside it.
Ends with 0 when all went well, with 1 when anything failed.

.PARAMETER Image
Names that -List tells, or their ends: nvcr.io/nvidia/pytorch:24.01-py3, pytorch:24.01-py3. Without any, all are loaded.

.PARAMETER To
docker, podman or ctr (containerd); else the first of them that is installed.

.PARAMETER Namespace
Of containerd: k8s.io for Kubernetes.

.PARAMETER Platform
Like linux/arm64, of images that are here for several; else that of this machine.

.PARAMETER NoCheck
Load without checking the sums.

.PARAMETER List
Only tell what is here.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File load.ps1 -To podman pytorch:24.01-py3
#>
[CmdletBinding()]
param(
  [Parameter(Position = 0, ValueFromRemainingArguments = $true)] [string[]] $Image = @(),
  [ValidateSet('docker', 'podman', 'ctr')] [string] $To,
  [ValidatePattern('^[A-Za-z0-9][A-Za-z0-9._-]*$')] [string] $Namespace,
  [string] $Platform,
  [switch] $NoCheck,
  [switch] $List
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$folder = $PSScriptRoot
$inventory = Join-Path $folder 'inventory.tsv'
if (-not (Test-Path -LiteralPath $inventory)) {
  Write-Warning "inventory.tsv is missing in $folder, so it is not known what is here."
  exit 1
}

# The images of inventory.tsv. A name that leads elsewhere is none of ours.
$images = @(
  foreach ($line in [IO.File]::ReadAllLines($inventory)) {
    $cells = $line.Split([char]9)
    if ($line.StartsWith('#') -or $cells.Count -ne 4) { continue }
    if ($cells[2] -notmatch '^[0-9]+$' -or $cells[3] -match '[/\\]') { continue }
    New-Object PSObject -Property @{
      Name = $cells[0]; Platform = $cells[1]; Parts = [int] $cells[2]; Tarball = $cells[3]
    }
  }
)

function Test-Called($Row, [string] $Name) {
  return $Row.Name -ceq $Name -or $Row.Tarball -eq $Name -or
    $Row.Name.EndsWith("/$Name", [StringComparison]::Ordinal)
}

function Test-Platform($Row, [string] $Wanted) {
  return $Row.Platform -eq $Wanted -or $Row.Platform.StartsWith("$Wanted/")
}

$machine = 'linux/amd64'
if ([Runtime.InteropServices.RuntimeInformation]::OSArchitecture -eq 'Arm64') { $machine = 'linux/arm64' }

# Of one name for several platforms the engine would keep the last: so it gets the one of this machine.
function Test-ForHere($Row) {
  if ($Platform) { return Test-Platform $Row $Platform }
  if (Test-Platform $Row $machine) { return $true }
  $others = @($images | Where-Object { $_.Name -ceq $Row.Name -and (Test-Platform $_ $machine) })
  return $others.Count -eq 0
}

$failed = 0
$chosen = @(
  foreach ($row in $images) {
    $isWanted = $Image.Count -eq 0 -or @($Image | Where-Object { Test-Called $row $_ }).Count -gt 0
    if ($isWanted -and ($List -or (Test-ForHere $row))) { $row }
  }
)
foreach ($name in $Image) {
  if (@($chosen | Where-Object { Test-Called $_ $name }).Count -gt 0) { continue }
  Write-Warning "failed: $name is not here. -List tells what is."
  $failed++
}
if ($List) {
  foreach ($row in $chosen) { '{0}  {1}  {2}' -f $row.Name, $row.Platform, $row.Tarball }
  exit [int] ($failed -gt 0)
}

$engine = $null
$candidates = @('docker', 'podman', 'ctr')
if ($To) { $candidates = @($To) }
foreach ($candidate in $candidates) {
  $engine = Get-Command $candidate -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
  if ($engine) { break }
}
if (-not $engine) {
  Write-Warning ('Not installed: ' + ($candidates -join ', '))
  exit 1
}
$arguments = 'load'
if ($candidate -eq 'ctr') {
  $arguments = 'images import --all-platforms -'
  if ($Namespace) { $arguments = "--namespace $Namespace $arguments" }
}

$sums = @{}
$sumsPath = Join-Path $folder 'SHA256SUMS'
if (Test-Path -LiteralPath $sumsPath) {
  foreach ($line in [IO.File]::ReadAllLines($sumsPath)) {
    if ($line -match '^([0-9a-f]{64}) [ *](.+)$') { $sums[$Matches[2]] = $Matches[1] }
  }
}

function Get-FileNames($Row) {
  if ($Row.Parts -eq 0) { return $Row.Tarball }
  for ($number = 0; $number -lt $Row.Parts; $number++) { '{0}.{1:d3}' -f $Row.Tarball, $number }
}

# What is wrong with a file; nothing when it is whole.
function Get-Fault([string] $File) {
  $path = Join-Path $folder $File
  if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { return "$File is missing." }
  if ($NoCheck) { return }
  if (-not $sums.ContainsKey($File)) {
    return "SHA256SUMS does not tell of $File; -NoCheck loads it all the same."
  }
  if ((Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash -eq $sums[$File]) { return }
  return "$File is damaged: it is not the file that SHA256SUMS tells of."
}

# Whether the engine took the files, handed over as one.
function Send-Files([string[]] $Files) {
  $start = New-Object Diagnostics.ProcessStartInfo
  $start.FileName = $engine.Source
  $start.Arguments = $arguments
  $start.UseShellExecute = $false
  $start.RedirectStandardInput = $true
  $process = [Diagnostics.Process]::Start($start)
  $isWhole = $true
  try {
    foreach ($file in $Files) {
      $source = [IO.File]::OpenRead((Join-Path $folder $file))
      try { $source.CopyTo($process.StandardInput.BaseStream, 1048576) } finally { $source.Dispose() }
    }
  } catch [IO.IOException] {
    # The engine ended early and has said why, or the drive gives no more.
    $isWhole = $false
  }
  try { $process.StandardInput.Close() } catch [IO.IOException] { $isWhole = $false }
  $process.WaitForExit()
  return $isWhole -and $process.ExitCode -eq 0
}

# Otherwise Windows PowerShell may put a byte order mark before the first byte of standard input.
try { [Console]::InputEncoding = New-Object Text.UTF8Encoding $false } catch { Write-Verbose "$_" }

$loaded = 0
$seen = @{}
foreach ($row in $chosen) {
  if ($seen.ContainsKey($row.Tarball)) { continue }
  $seen[$row.Tarball] = $true
  $files = @(Get-FileNames $row)
  if (-not $NoCheck) { Write-Host "checking $($row.Name)" }
  $fault = $files | ForEach-Object { Get-Fault $_ } | Select-Object -First 1
  if (-not $fault) {
    Write-Host "loading  $($row.Name) into $candidate"
    if (Send-Files $files) { $loaded++; continue }
    $fault = "$candidate did not take it."
  }
  Write-Warning "failed: $($row.Name): $fault"
  $failed++
}
Write-Host "$loaded loaded into $candidate, $failed failed."
exit [int] ($failed -gt 0)
