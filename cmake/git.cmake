# The commit, as DRP_GIT, for the sources that name it: only they are compiled again when it moves.
find_program(GIT git)
set(drp_git unknown)
if(GIT)
    execute_process(COMMAND ${GIT} rev-parse --short=12 HEAD
                    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} RESULT_VARIABLE failed
                    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed)
        set(drp_git ${commit})
        execute_process(COMMAND ${GIT} rev-parse --git-path logs/HEAD
                        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
                        OUTPUT_VARIABLE log OUTPUT_STRIP_TRAILING_WHITESPACE)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${log})
    endif()
endif()

function(drp_define_commit)
    foreach(source IN LISTS ARGN)
        file(STRINGS ${source} uses REGEX "DRP_GIT" LIMIT_COUNT 1)
        if(uses)
            set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS
                         DRP_GIT="${drp_git}")
        endif()
    endforeach()
endfunction()
