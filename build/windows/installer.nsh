; Offered for tarballs and folders, the default for neither; for the user who installs, and gone with the application.
!macro customInstall
  WriteRegStr HKCU "Software\Classes\NGCReplicator.tar\shell\open\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
  WriteRegStr HKCU "Software\Classes\.tar\OpenWithProgids" "NGCReplicator.tar" ""
  WriteRegStr HKCU "Software\Classes\Directory\shell\NGCReplicator" "" "Open in NGC Replicator"
  WriteRegStr HKCU "Software\Classes\Directory\shell\NGCReplicator" "Icon" "$INSTDIR\${APP_EXECUTABLE_FILENAME}"
  WriteRegStr HKCU "Software\Classes\Directory\shell\NGCReplicator\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
!macroend

!macro customUnInstall
  DeleteRegKey HKCU "Software\Classes\NGCReplicator.tar"
  DeleteRegValue HKCU "Software\Classes\.tar\OpenWithProgids" "NGCReplicator.tar"
  DeleteRegKey HKCU "Software\Classes\Directory\shell\NGCReplicator"
!macroend
