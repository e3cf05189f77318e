# The port's file, run with functions that stand in for vcpkg's, installs what vcpkg wants: headers, share/stet, a
# pkg-config file and the licence. Whether vcpkg itself takes it is not asked here.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
set(port ${ROOT}/.packaging/vcpkg/stet)
set(CURRENT_PACKAGES_DIR ${SCRATCH}/packages)

function(vcpkg_cmake_configure)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
    run(${CMAKE_COMMAND} -S ${arg_SOURCE_PATH} -B ${SCRATCH}/library -G Ninja -DCMAKE_CXX_COMPILER=${compiler}
        -DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} ${arg_OPTIONS}
    )
endfunction()
function(vcpkg_cmake_install)
    run(${CMAKE_COMMAND} --build ${SCRATCH}/library)
    run(${CMAKE_COMMAND} --install ${SCRATCH}/library)
endfunction()
# What the real one does, too: the files go one folder up, and what they reckon from goes with them.
function(vcpkg_cmake_config_fixup)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "CONFIG_PATH" "")
    file(GLOB configs ${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}/*)
    file(MAKE_DIRECTORY ${CURRENT_PACKAGES_DIR}/share/stet)
    foreach(config IN LISTS configs)
        file(READ ${config} text)
        string(REGEX REPLACE "(get_filename_component\\(_IMPORT_PREFIX \"[^\n]*\n)+"
               "get_filename_component(_IMPORT_PREFIX \"\${CMAKE_CURRENT_LIST_DIR}/../..\" ABSOLUTE)\n" text "${text}"
        )
        string(REPLACE "LIST_DIR}/../../../" "LIST_DIR}/../../" text "${text}")
        get_filename_component(name ${config} NAME)
        file(WRITE ${CURRENT_PACKAGES_DIR}/share/stet/${name} "${text}")
    endforeach()
    file(REMOVE_RECURSE ${CURRENT_PACKAGES_DIR}/share/cmake)
endfunction()
function(vcpkg_fixup_pkgconfig)
endfunction()
function(vcpkg_install_copyright)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
    file(MAKE_DIRECTORY ${CURRENT_PACKAGES_DIR}/share/stet)
    configure_file(${arg_FILE_LIST} ${CURRENT_PACKAGES_DIR}/share/stet/copyright COPYONLY)
endfunction()
include(${port}/portfile.cmake)

file(GLOB kinds RELATIVE ${CURRENT_PACKAGES_DIR} ${CURRENT_PACKAGES_DIR}/* ${CURRENT_PACKAGES_DIR}/share/*)
list(SORT kinds)
if(NOT kinds STREQUAL "include;share;share/pkgconfig;share/stet")
    message(FATAL_ERROR "installed: ${kinds}")
endif()
file(READ ${port}/vcpkg.json manifest)
string(JSON version GET "${manifest}" version)
run(${CMAKE_COMMAND} -S ${consume}/find_package -B ${SCRATCH}/build -G Ninja -DCMAKE_CXX_COMPILER=${compiler}
    -DCMAKE_PREFIX_PATH=${CURRENT_PACKAGES_DIR} -DSTET_WANTED_VERSION=${version}
    -DSTET_WANTED_COMPONENTS=headers,writers
)
file(STRINGS ${SCRATCH}/build/CMakeCache.txt found REGEX "^stet_DIR:.*=${CURRENT_PACKAGES_DIR}/share/stet$")
file(STRINGS ${SCRATCH}/library/CMakeCache.txt own REGEX "^CMAKE_PROJECT_VERSION:STATIC=${version}$")
if(NOT found OR NOT own)
    message(FATAL_ERROR "another stet is found, or vcpkg.json does not say this version")
endif()
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer_stet)
