# The header lists of CMakeLists.txt and meson.build name every file of include/ and no other. Run by cmake -P;
# with -DROOT=<source folder> -DUPDATE=ON it rewrites both lists.
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE headers RELATIVE ${ROOT}/include ${ROOT}/include/stet/*.hpp ${ROOT}/include/stet/*.ipp
     ${ROOT}/include/stet/*.cpp
)
list(SORT headers)

set(cmake_list "set(stet_headers\n")
set(meson_list "stet_headers = [\n")
foreach(header IN LISTS headers)
    string(APPEND cmake_list "    include/${header}\n")
    string(APPEND meson_list "    '${header}',\n")
endforeach()
string(APPEND cmake_list ")\n")
string(APPEND meson_list "]\n")

set(wrong "")
function(compare file pattern wanted)
    file(READ ${ROOT}/${file} text)
    if(NOT text MATCHES "${pattern}")
        string(APPEND wrong "${file}: holds no list of the form expected\n")
    elseif(NOT CMAKE_MATCH_0 STREQUAL wanted)
        if(UPDATE)
            string(REPLACE "${CMAKE_MATCH_0}" "${wanted}" text "${text}")
            file(WRITE ${ROOT}/${file} "${text}")
            message(STATUS "${file}: list rewritten")
        else()
            string(APPEND wrong "${file}: the list should read\n${wanted}\n")
        endif()
    endif()
    set(wrong "${wrong}" PARENT_SCOPE)
endfunction()
compare(CMakeLists.txt "set\\(stet_headers\n[^)]*\\)\n" "${cmake_list}")
compare(meson.build "stet_headers = \\[\n[^]]*\\]\n" "${meson_list}")
if(wrong)
    message(FATAL_ERROR "${wrong}")
endif()
