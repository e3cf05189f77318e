# stet.hpp includes every header but the optional ones. Run by cmake -P.
# Regular expressions of headers a program includes by name when it wants them.
cmake_minimum_required(VERSION 3.25)

set(optional "^interop/" "^json/" "^metadata/" "^parallel/" "^split/" "^(naming|file|save)/(comfyui|python)_" "^read/(file_source|mapped_file)"
    "^save/cloning_writer" "^file/windows_" "^file/(abandoned_parts|io_uring|positioned_sink|readable_file|thread)" "^memory/streaming_copy")

set(library ${ROOT}/include/stet)
file(GLOB_RECURSE headers RELATIVE ${library} ${library}/*.hpp)
list(REMOVE_ITEM headers stet.hpp)
file(READ ${library}/stet.hpp umbrella)
set(wrong "")
foreach(header IN LISTS headers)
    string(FIND "${umbrella}" "#include \"${header}\"" found)
    set(is_optional FALSE)
    foreach(pattern IN LISTS optional)
        if(header MATCHES ${pattern})
            set(is_optional TRUE)
        endif()
    endforeach()
    if(is_optional AND NOT found EQUAL -1)
        string(APPEND wrong "${header}: is optional, yet stet.hpp includes it\n")
    elseif(NOT is_optional AND found EQUAL -1)
        string(APPEND wrong "${header}: is not included by stet.hpp\n")
    endif()
endforeach()
if(wrong)
    message(FATAL_ERROR "${wrong}")
endif()
