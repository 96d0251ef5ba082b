# drp::llama: libllama and everything a C program needs to link with it.
#
# DRP_LLAMA_VARIANT says which build (release, asan, tsan); the environment variable
# DRP_SYSTEM_LLAMA=1 takes an installed one instead, whose API may differ from the pinned one's.
add_library(drp_llama INTERFACE)
add_library(drp::llama ALIAS drp_llama)

if(DEFINED ENV{DRP_SYSTEM_LLAMA} AND NOT "$ENV{DRP_SYSTEM_LLAMA}" MATCHES "^(0|)$")
    find_package(PkgConfig REQUIRED)
    pkg_check_modules(LLAMA REQUIRED IMPORTED_TARGET llama)
    target_link_libraries(drp_llama INTERFACE PkgConfig::LLAMA)
    set(DRP_LLAMA_VERSION "system ${LLAMA_VERSION}")
    return()
endif()

drp_dependency(DRP_LLAMA_DIR llama ${DRP_LLAMA_VARIANT})
file(STRINGS deps/pins pin REGEX "^llama ")
string(REGEX REPLACE "^llama +[^ ]+ +([^ ]+) .*" "\\1" DRP_LLAMA_VERSION "${pin}")

# For cmake/install.cmake: what goes into the archive, and what it needs besides.
file(GLOB DRP_LLAMA_ARCHIVES ${DRP_LLAMA_DIR}/lib/*.a)
set(DRP_LLAMA_LINK_FLAGS "")

# The archives depend on each other in both directions (backends register themselves in ggml).
target_include_directories(drp_llama SYSTEM INTERFACE ${DRP_LLAMA_DIR}/include)
target_link_libraries(drp_llama INTERFACE
    -Wl,--start-group ${DRP_LLAMA_ARCHIVES} -Wl,--end-group stdc++ m Threads::Threads ${CMAKE_DL_LIBS})

file(STRINGS ${DRP_LLAMA_DIR}/key key)
if("${key}" MATCHES "GGML_OPENMP=ON[^-]*$")
    target_link_libraries(drp_llama INTERFACE gomp)
    list(APPEND DRP_LLAMA_LINK_FLAGS -lgomp)
endif()
if(EXISTS ${DRP_LLAMA_DIR}/lib/libggml-cuda.a)
    find_package(CUDAToolkit REQUIRED)
    target_link_libraries(drp_llama INTERFACE
        CUDA::cudart CUDA::cublas CUDA::cublasLt CUDA::cuda_driver)
    list(APPEND DRP_LLAMA_LINK_FLAGS -L${CUDAToolkit_LIBRARY_DIR} -lcudart -lcublas -lcublasLt -lcuda)
endif()
if(EXISTS ${DRP_LLAMA_DIR}/lib/libggml-vulkan.a)
    find_package(Vulkan REQUIRED)
    target_link_libraries(drp_llama INTERFACE Vulkan::Vulkan)
    list(APPEND DRP_LLAMA_LINK_FLAGS -lvulkan)
endif()
