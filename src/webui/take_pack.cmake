# Copies the packed web interface FROM where it was built TO the build, if it has changed; makes an
# empty file where there is none.
if(EXISTS ${FROM})
  configure_file(${FROM} ${TO} COPYONLY)
elseif(EXISTS ${TO})
  file(SIZE ${TO} SIZE)
  if(SIZE GREATER 0)
    file(WRITE ${TO} "")
  endif()
else()
  file(WRITE ${TO} "")
endif()
