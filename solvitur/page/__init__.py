"""What a page of ours is made with: text that can be read, a style, and nothing from elsewhere."""

from solvitur.page.rendering import environment, policy, style, visible

__all__ = ["environment", "policy", "style", "visible"]
