# Headers that flatc makes of a schema, before whoever includes them is compiled.
find_program(FLATC flatc REQUIRED)

# vivace_flatbuffer(TARGET SCHEMA): FOLDER/NAME_generated.h of src/FOLDER/NAME.fbs, for TARGET and whoever links it.
function(vivace_flatbuffer target schema)
  get_filename_component(name ${schema} NAME_WE)
  get_filename_component(folder ${schema} DIRECTORY)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(header ${generated}/${folder}/${name}_generated.h)
  add_custom_command(OUTPUT ${header} DEPENDS ${PROJECT_SOURCE_DIR}/src/${schema} VERBATIM
    COMMAND ${FLATC} --cpp --scoped-enums -o ${generated}/${folder} ${PROJECT_SOURCE_DIR}/src/${schema})
  add_custom_target(${target}_${name} DEPENDS ${header})
  add_dependencies(${target} ${target}_${name})
  target_include_directories(${target} SYSTEM PUBLIC ${generated})
endfunction()

# vivace_flatbuffer_objects(TARGET SCHEMA FOLDER): the same schema as objects that can be changed, for the tests that
# damage files: FOLDER/made_generated.h, in a namespace of its own beside the reader's.
function(vivace_flatbuffer_objects target schema folder)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
  file(READ ${PROJECT_SOURCE_DIR}/src/${schema} text)
  string(REGEX REPLACE "\nnamespace ([a-z.]+)[.]schema;" "\nnamespace \\1.made;" text "${text}")
  file(CONFIGURE OUTPUT ${generated}/made.fbs CONTENT "${text}" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${schema})
  set(header ${generated}/${folder}/made_generated.h)
  add_custom_command(OUTPUT ${header} DEPENDS ${generated}/made.fbs VERBATIM
    COMMAND ${FLATC} --cpp --scoped-enums --gen-object-api -o ${generated}/${folder} ${generated}/made.fbs)
  target_sources(${target} PRIVATE ${header})
  target_include_directories(${target} SYSTEM PRIVATE ${generated})
endfunction()
