# Meson fetches an archive by a wrap file, as WrapDB has them: an address and a hash. An archive of another hash is refused.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
find_program(meson meson REQUIRED)
archive_tree()
file(COPY ${consume}/meson_subproject/meson.build ${consume}/main.cpp DESTINATION ${SCRATCH}/consumer)
configure_file(${CMAKE_CURRENT_LIST_DIR}/stet.wrap.in ${SCRATCH}/consumer/subprojects/stet.wrap @ONLY)
set(ENV{CXX} ${compiler})
run(${meson} setup ${SCRATCH}/build ${SCRATCH}/consumer)
run(${meson} compile -C ${SCRATCH}/build stet-writers)
run(${SCRATCH}/build/stet-writers)

string(SHA256 hash "another archive")
file(COPY ${consume}/meson_subproject/meson.build ${consume}/main.cpp DESTINATION ${SCRATCH}/deceived)
configure_file(${CMAKE_CURRENT_LIST_DIR}/stet.wrap.in ${SCRATCH}/deceived/subprojects/stet.wrap @ONLY)
execute_process(
    COMMAND ${meson} setup ${SCRATCH}/refused ${SCRATCH}/deceived
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output
)
if(result EQUAL 0 OR NOT output MATCHES "Incorrect hash")
    message(FATAL_ERROR "an archive of another hash was taken: ${output}")
endif()
