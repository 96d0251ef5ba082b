# What `make install` puts where besides the command: its manual and completions; the public headers, one archive,
# files for pkg-config and CMake.

# The manual page and the completions are what drp says of itself.
set(help_files)
function(drp_help_file name destination)
    set(file ${CMAKE_BINARY_DIR}/help/${name})
    add_custom_command(OUTPUT ${file} COMMAND drp ${ARGN} > ${file} DEPENDS drp VERBATIM)
    set(help_files ${help_files} ${file} PARENT_SCOPE)
    install(FILES ${file} DESTINATION ${destination})
endfunction()
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/help/bash)
drp_help_file(drp.1 ${CMAKE_INSTALL_MANDIR}/man1 man)
drp_help_file(bash/drp ${CMAKE_INSTALL_DATADIR}/bash-completion/completions completion bash)
drp_help_file(_drp ${CMAKE_INSTALL_DATADIR}/zsh/site-functions completion zsh)
drp_help_file(drp.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d completion fish)
add_custom_target(help-files ALL DEPENDS ${help_files})

# A sanitizer's build is for our tests: it has no archive.
if(DRP_SANITIZE OR DRP_FUZZ)
    return()
endif()

set(archive ${CMAKE_BINARY_DIR}/archive/libdrp.a)
set(inputs $<TARGET_FILE:libdrp> ${DRP_LLAMA_ARCHIVES})
if(TARGET drp_yyjson)
    list(APPEND inputs $<TARGET_FILE:drp_yyjson>)
endif()
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/archive)
file(GLOB public_headers CONFIGURE_DEPENDS include/drp/*.h)
add_custom_command(
    OUTPUT ${archive}
    COMMAND ${CMAKE_COMMAND} "-DINPUTS=$<JOIN:${inputs},:>" -DHEADERS=${CMAKE_SOURCE_DIR}/include/drp -DOUT=${archive}
            -DLD=${CMAKE_LINKER} -DOBJCOPY=${CMAKE_OBJCOPY} -DNM=${CMAKE_NM} -DAR=${CMAKE_AR}
            -P ${CMAKE_SOURCE_DIR}/cmake/archive.cmake
    DEPENDS libdrp $<TARGET_NAME_IF_EXISTS:drp_yyjson> ${DRP_LLAMA_ARCHIVES} ${public_headers} cmake/archive.cmake
    VERBATIM)
add_custom_target(archive ALL DEPENDS ${archive})

# What the archive needs. These are shared libraries, so what they need themselves is not asked for.
set(modules sqlite3 zlib libcrypto libcurl libzstd libutf8proc libxxhash)
if(TARGET PkgConfig::libpq)
    list(APPEND modules libpq)
endif()
if(TARGET yyjson::yyjson)
    list(APPEND modules yyjson)
endif()
if(NOT DRP_LLAMA_ARCHIVES)
    list(APPEND modules llama)
endif()
set(DRP_LINK_FLAGS "")
foreach(module IN LISTS modules)
    pkg_check_modules(link_${module} REQUIRED QUIET ${module})
    list(APPEND DRP_LINK_FLAGS ${link_${module}_LDFLAGS})
endforeach()
list(APPEND DRP_LINK_FLAGS ${DRP_LLAMA_LINK_FLAGS} -lstdc++ -lm -pthread -ldl)
list(REMOVE_DUPLICATES DRP_LINK_FLAGS)
list(FILTER DRP_LINK_FLAGS EXCLUDE REGEX "^-L/usr/lib(/|$)") # looked at anyway
list(JOIN DRP_LINK_FLAGS " " DRP_LINK_LINE)

file(RELATIVE_PATH DRP_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" DRP_PREFIX_FROM_PC ${DRP_PREFIX_FROM_PC})
configure_file(cmake/drp.pc.in drp.pc @ONLY)
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/drp)
configure_package_config_file(cmake/drp-config.cmake.in drp-config.cmake INSTALL_DESTINATION ${package}
    PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(drp-config-version.cmake COMPATIBILITY SameMinorVersion)

install(FILES ${archive} DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/drp)
install(FILES ${CMAKE_BINARY_DIR}/drp.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${CMAKE_BINARY_DIR}/drp-config.cmake ${CMAKE_BINARY_DIR}/drp-config-version.cmake DESTINATION ${package})
