"""The demo township 清溪镇 (fictional): its records with their days, entered through the services so that audit and history are real.

The data modules hold plain tables; `loader` walks them in the order of time. People, places and figures are invented.
"""
