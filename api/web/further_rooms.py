"""The pages about the work itself: what data is looked at for, reports, guides; one line a module."""

from __future__ import annotations

from fastapi import APIRouter

from api.web.pages import purpose

FURTHER: tuple[APIRouter, ...] = (purpose.router,)
