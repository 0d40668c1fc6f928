"""How a message fails to arrive."""


class Undelivered(Exception):
    """The message did not arrive. The sentence is for people: no address, no token, no word of the other side.

    ``for_good``: trying again would change nothing. ``too_fast``: the other side asks for patience, and the message
    itself has not failed.
    """

    def __init__(self, sentence: str, *, for_good: bool = False, too_fast: bool = False):
        super().__init__(sentence)
        self.sentence, self.for_good, self.too_fast = sentence, for_good, too_fast
