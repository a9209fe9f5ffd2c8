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
  add_custom_target(${target}_schema DEPENDS ${header})
  add_dependencies(${target} ${target}_schema)
  target_include_directories(${target} SYSTEM PUBLIC ${generated})
endfunction()
