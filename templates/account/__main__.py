from vpc_flow_logs_stack.run import run

run()
