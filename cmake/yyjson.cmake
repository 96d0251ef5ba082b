# drp::yyjson: the system's yyjson when it is installed, else the pinned source.
find_package(yyjson CONFIG QUIET)
if(TARGET yyjson::yyjson)
    add_library(drp::yyjson ALIAS yyjson::yyjson)
    return()
endif()

drp_dependency(DRP_YYJSON_DIR yyjson)
add_library(drp_yyjson STATIC ${DRP_YYJSON_DIR}/yyjson.c)
target_include_directories(drp_yyjson SYSTEM PUBLIC ${DRP_YYJSON_DIR})
add_library(drp::yyjson ALIAS drp_yyjson)
if(DRP_SANITIZE)
    # Its bounds are checked, its arithmetic is not ours to mend, and clang takes minutes over it.
    target_compile_options(drp_yyjson PRIVATE -fno-sanitize=undefined)
endif()
if(DRP_FUZZ)
    target_compile_options(drp_yyjson PRIVATE -fno-sanitize=fuzzer-no-link)
endif()
