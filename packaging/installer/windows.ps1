# Builds dist\fieldcheck-VERSION-windows-x86_64.exe on Windows with Python 3.11 to 3.14 and Inno Setup 6:
#
#     powershell -ExecutionPolicy Bypass -File packaging\installer\windows.ps1
#
# It has not been run on a Windows machine yet.
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")
function Run { & $args[0] $args[1..($args.Length - 1)]; if ($LASTEXITCODE) { throw "$($args -join ' ') ended with $LASTEXITCODE" } }

$version = (Select-String -Path pyproject.toml -Pattern '^version = "(.*)"').Matches[0].Groups[1].Value
if (-not (Test-Path .installer\env)) { Run python -m venv .installer\env; Run python -m venv .installer\tools }
$env_python = ".installer\env\Scripts\python.exe"; $tools = ".installer\tools\Scripts"
Run $env_python -m pip install --quiet --require-hashes -r packaging\requirements\product.txt -r packaging\requirements\build.txt
Run "$tools\python.exe" -m pip install --quiet --require-hashes -r packaging\requirements\installer.txt
New-Item -ItemType Directory -Force build\installer\legal | Out-Null
Run $env_python -m pip install --quiet --no-deps --no-build-isolation --force-reinstall .
Run $env_python packaging\installer\list_parts.py fieldcheck | Set-Content build\installer\packages.txt
Run "$tools\cyclonedx-py.exe" environment --output-reproducible --of JSON -o build\installer\legal\sbom.cdx.json $env_python
Run $env_python packaging\installer\list_parts.py --only build\installer\packages.txt build\installer\legal\sbom.cdx.json
Copy-Item LICENSE build\installer\legal\LICENSE
Run $env_python packaging\installer\windows_files.py $version build\installer
$env:PYTHONPATH = Resolve-Path .installer\env\Lib\site-packages
Run "$tools\pyinstaller.exe" --noconfirm --log-level WARN --distpath build\installer --workpath build\installer\work packaging\installer\fieldcheck.spec
Remove-Item Env:PYTHONPATH
Run "${env:ProgramFiles(x86)}\Inno Setup 6\ISCC.exe" /Q "/DVersion=$version" packaging\installer\fieldcheck.iss
