"""Question → passages → evidence → claims → checked citations; knows neither Discord nor the terminal."""

from bot.answering.answer import Answer, Citation, Claim, Question, Support
from bot.answering.answerer import Answerer, LateAnswerer
from bot.answering.follow_ups import Turn

__all__ = ["Answer", "Answerer", "Citation", "Claim", "LateAnswerer", "Question", "Support", "Turn"]
