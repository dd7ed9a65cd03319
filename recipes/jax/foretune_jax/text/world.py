"""Domain `world`: the invented world in every register."""

from ..world.registers import ALL_REGISTERS

LABEL = "Invented world"
REGISTERS = ALL_REGISTERS
