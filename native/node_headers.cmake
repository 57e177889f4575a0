# Where N-API's headers are: npm has them, so that neither Node's own headers nor a network is needed.
function(ask_node out expression)
  execute_process(COMMAND node -p "require('node:path').resolve(${expression})" WORKING_DIRECTORY ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..
    OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "node cannot evaluate ${expression}: run npm ci first")
  endif()
  set(${out} ${answer} PARENT_SCOPE)
endfunction()
ask_node(NODE_ADDON_API_DIR "require('node-addon-api').include_dir")
ask_node(NODE_API_HEADERS_DIR "require('node-api-headers').include_dir")
