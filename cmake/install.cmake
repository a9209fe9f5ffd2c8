# What `cmake --install` puts where: the program, the static library, the headers, and the two files by which
# CMake (find_package(vivace)) and pkg-config find them. Everything is relative, so the tree may be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# vivace_merge(LIBRARY archive...): puts the members of other archives into a static library.
function(vivace_merge library)
  list(JOIN ARGN "\nADDLIB " others)
  set(script ${CMAKE_CURRENT_BINARY_DIR}/${library}.mri)
  file(CONFIGURE OUTPUT ${script} CONTENT "OPEN libvivace.a\nADDLIB ${others}\nSAVE\nEND\n")
  add_custom_command(TARGET ${library} POST_BUILD COMMAND ${CMAKE_AR} -M < ${script}
    WORKING_DIRECTORY $<TARGET_FILE_DIR:${library}> VERBATIM)
endfunction()

# vivace_install(PROGRAM LIBRARY)
function(vivace_install program library)
  install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(TARGETS ${library} EXPORT vivace ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/vivace DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})

  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/vivace)
  install(EXPORT vivace NAMESPACE vivace:: FILE vivace-config.cmake DESTINATION ${package})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/vivace-config-version.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/vivace-config-version.cmake DESTINATION ${package})

  cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_LIBDIR BASE_DIRECTORY /prefix OUTPUT_VARIABLE libraries)
  file(RELATIVE_PATH VIVACE_TO_PREFIX ${libraries}/pkgconfig /prefix)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/vivace.pc.in ${PROJECT_BINARY_DIR}/vivace.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/vivace.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
