"""The demo township 清溪镇 (fictional): its records with their days, entered through the services so that audit and history are real.

The data modules hold plain tables; `loader` tells their story in the order of time, one module for each noun; all stand on `base`. People, places and figures are invented.
"""
