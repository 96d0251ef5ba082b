# Makes the archive that is installed: cmake -DINPUTS=A.a:B.a -DHEADERS=DIR -DOUT=libdrp.a -DLD=… -DOBJCOPY=… -DNM=… -DAR=… -P
#
# All that the library is made of becomes one object in which only the functions that the public headers declare can be
# seen: a program links one file, and may have another libllama or yyjson of its own.
get_filename_component(folder ${OUT} DIRECTORY)
string(REPLACE ":" ";" inputs "${INPUTS}")

function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR "failed: ${ARGN}")
    endif()
endfunction()

# Declarations begin at the start of a line; a typedef is none.
file(GLOB headers ${HEADERS}/*.h)
set(public "")
foreach(header IN LISTS headers)
    file(STRINGS ${header} lines REGEX "^[a-z][a-z0-9_ ]*[ *]drp_[a-z0-9_]+\\(")
    foreach(line IN LISTS lines)
        if(NOT line MATCHES "^typedef")
            string(REGEX REPLACE "^[^(]*[ *](drp_[a-z0-9_]+)\\(.*" "\\1\n" name "${line}")
            string(APPEND public "${name}")
        endif()
    endforeach()
endforeach()
file(WRITE ${folder}/public.txt "${public}")

# Without groups of sections a C++ program that has the same template finds nothing to share with us.
run(${LD} -r --force-group-allocation -o ${folder}/all.o --whole-archive ${inputs})

# What is unique in a process (g++) stays global whatever objcopy is told, unless it is weak before.
execute_process(COMMAND ${NM} -g --defined-only ${folder}/all.o OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL " u [^\n]+" unique "${symbols}")
list(TRANSFORM unique REPLACE "^ u " "")
list(JOIN unique "\n" unique)
file(WRITE ${folder}/unique.txt "${unique}\n")
run(${OBJCOPY} --weaken-symbols=${folder}/unique.txt ${folder}/all.o)
run(${OBJCOPY} --keep-global-symbols=${folder}/public.txt ${folder}/all.o ${folder}/drp.o)

execute_process(COMMAND ${NM} -g --defined-only ${folder}/drp.o OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "drp_[a-z0-9_]+" declared "${public}")
foreach(name IN LISTS declared)
    if(NOT symbols MATCHES " T ${name}\n")
        message(FATAL_ERROR "'${name}' is declared in include/drp and defined nowhere")
    endif()
endforeach()
file(REMOVE ${OUT} ${folder}/all.o)
run(${AR} crs ${OUT} ${folder}/drp.o)
