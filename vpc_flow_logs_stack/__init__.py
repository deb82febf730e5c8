"""The stack that covers an account: configuration -> inventory -> plan -> resources.

The whole program of a Pulumi project is::

    from vpc_flow_logs_stack.run import run

    run()
"""
