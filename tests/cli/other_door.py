"""What the terminal knows of the window, without one."""


class Door:
    """The other door, which opens at once and is closed with code 7."""

    def __init__(self, can_be_seen):
        self.can_be_seen, self.opened = can_be_seen, []

    def open_window(self, project):
        self.opened.append(project)
        return 7

    def open_sample(self, folder, fresh):
        self.opened.append((folder, fresh))
        return 7

    def check_all_screens(self):
        return 9
