# Tests, fuzz targets and benches; every file found becomes one target. A test that cannot run fails.
enable_testing()

# drp_program(NAME SOURCE LIBRARY…): an executable of our own code, in BINARY_DIR/FOLDER.
function(drp_program folder name source)
    add_executable(${name} ${source})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${folder})
    target_link_libraries(${name} PRIVATE ${ARGN} libdrp drp_flags)
endfunction()

set(environment "DRP=${CMAKE_BINARY_DIR}/drp" "SOURCE_DIR=${CMAKE_SOURCE_DIR}"
                "BUILD_DIR=${CMAKE_BINARY_DIR}")

# drp_test(LABEL NAME SECONDS COMMAND…): a hanging test fails; sanitizers get five times as long.
function(drp_test label name timeout)
    if(DRP_SANITIZE)
        math(EXPR timeout "5 * ${timeout}")
    endif()
    add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout}
                         ENVIRONMENT "${environment}")
endfunction()

pkg_check_modules(cmocka IMPORTED_TARGET cmocka)
file(GLOB unit_tests CONFIGURE_DEPENDS tests/unit/test_*.c)
file(GLOB support CONFIGURE_DEPENDS tests/support/*.c)
file(GLOB fuzz_targets CONFIGURE_DEPENDS tests/fuzz/fuzz_*.c)
file(GLOB e2e_tests CONFIGURE_DEPENDS tests/e2e/*.sh)
file(GLOB benches CONFIGURE_DEPENDS bench/*.c)

add_library(drp_support INTERFACE)
if(support AND cmocka_FOUND)
    add_library(test_support STATIC ${support})
    target_include_directories(test_support PUBLIC tests)
    target_link_libraries(test_support PRIVATE drp_flags PUBLIC libdrp PkgConfig::cmocka)
    target_link_libraries(drp_support INTERFACE test_support)
endif()

foreach(source IN LISTS unit_tests)
    if(NOT cmocka_FOUND)
        continue() # only the build without tests can do without it: `make test` installs it
    endif()
    get_filename_component(name ${source} NAME_WE)
    drp_program(tests ${name} ${source} drp_support PkgConfig::cmocka)
    target_include_directories(${name} PRIVATE tests)
    drp_test(unit ${name} 300 ${name})
    # A model run takes all cores: side by side they would wait for each other's threads.
    file(STRINGS ${source} uses_model REGEX "DRP_MODEL_" LIMIT_COUNT 1)
    if(uses_model)
        set_tests_properties(${name} PROPERTIES PROCESSORS 2)
    endif()
endforeach()

add_custom_target(fuzz)
if(TEST test_local)
    set_tests_properties(test_local PROPERTIES LABELS "unit;model")
endif()

foreach(source IN LISTS fuzz_targets)
    get_filename_component(name ${source} NAME_WE)
    if(DRP_FUZZ)
        drp_program(fuzz ${name} ${source})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    else()
        drp_program(fuzz ${name} "${source};tests/fuzz/driver.c")
    endif()
    add_dependencies(fuzz ${name})
    string(REGEX REPLACE "^fuzz_" "" corpus ${name})
    drp_test(fuzz ${name} 300 ${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${corpus})
endforeach()

if(NOT TARGET archive)
    list(FILTER e2e_tests EXCLUDE REGEX "/install.sh$") # nothing is installed of a sanitizer's build
endif()
foreach(source IN LISTS e2e_tests)
    get_filename_component(name ${source} NAME_WE)
    drp_test(e2e e2e_${name} 900 bash ${source})
    # These run models too, and some kill and time processes.
    set_tests_properties(e2e_${name} PROPERTIES PROCESSORS 2)
endforeach()

if(EXISTS ${CMAKE_SOURCE_DIR}/tools/golden)
    drp_test(golden golden 900 ${CMAKE_SOURCE_DIR}/tools/golden)
endif()

file(GLOB golden_lib CONFIGURE_DEPENDS tools/golden-lib/*.c)
drp_program(tools golden-compare "tools/golden-compare.c;${golden_lib}")
target_include_directories(golden-compare PRIVATE tools tools/golden-lib)

add_custom_target(bench)
foreach(source IN LISTS benches)
    get_filename_component(name ${source} NAME_WE)
    drp_program(bench ${name} ${source} drp_support)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    add_dependencies(bench ${name})
endforeach()
