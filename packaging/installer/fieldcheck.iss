; Inno Setup 6: an installer for one user, without administrator rights. Built by packaging/installer/windows.ps1.
; It has not been run on a Windows machine yet.
[Setup]
AppId={{8B0D5B5C-5C0B-4E0C-9C55-3D6B6F1C7A11}
AppName=Fieldcheck
AppVersion={#Version}
DefaultDirName={localappdata}\Programs\Fieldcheck
DefaultGroupName=Fieldcheck
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=
OutputDir=..\..\dist
OutputBaseFilename=fieldcheck-{#Version}-windows-x86_64
SetupIconFile=..\..\build\installer\fieldcheck.ico
UninstallDisplayIcon={app}\fieldcheck-app.exe
LicenseFile=..\..\LICENSE
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
Compression=lzma2/max
SolidCompression=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[Files]
Source: "..\..\build\installer\fieldcheck\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\Fieldcheck"; Filename: "{app}\fieldcheck-app.exe"

[Registry]
Root: HKCU; Subkey: "Software\Classes\.fcpack"; ValueType: string; ValueData: "Fieldcheck.Pack"; Flags: uninsdeletevalue
Root: HKCU; Subkey: "Software\Classes\Fieldcheck.Pack"; ValueType: string; ValueData: "Fieldcheck evidence pack"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\Fieldcheck.Pack\shell\open\command"; ValueType: string; ValueData: """{app}\fieldcheck-app.exe"" ""%1"""
