"""Every screen by its step."""

from kiosk.visit.states import Step
from screens.about import About
from screens.another import Another
from screens.base import Screen
from screens.call_time import CallTimes
from screens.category import Category
from screens.certificates import Certificates
from screens.check_paper import CheckPaper
from screens.consent import Consent
from screens.contact import Contact
from screens.copies import Copies
from screens.face import Face
from screens.farewell import Farewell
from screens.guardian import Guardian
from screens.guide import GuideScreen
from screens.guides import Guides
from screens.hand_over import HandOver
from screens.idle import Idle
from screens.out_of_service import OutOfService
from screens.phone import Phone
from screens.place_card import PlaceCard
from screens.preview import Preview
from screens.principals import Principals
from screens.printing import Printing
from screens.problem import Problem
from screens.purpose import Purpose
from screens.rating import Rating
from screens.reading import Reading
from screens.receipt import Receipt
from screens.request import Request
from screens.request_code import RequestCode
from screens.request_kept import RequestKept
from screens.request_status import RequestStatusScreen
from screens.review import Review
from screens.sending import Sending
from screens.show_phone import ShowPhone
from screens.signing_in import SigningIn
from screens.staff import Staff
from screens.starting import Starting
from screens.step_up import StepUp
from screens.take_card import TakeCard
from screens.technician import Technician

SCREENS: dict[Step, type[Screen]] = {
    screen.step: screen
    for screen in (
        Starting, OutOfService, Technician,
        Idle, PlaceCard, Reading, Consent, Face, Phone, SigningIn,
        Certificates, Preview, Purpose, Copies, Printing, Receipt, Another, TakeCard,
        Farewell, Problem, CheckPaper, ShowPhone, Staff, Guardian, StepUp, Principals, HandOver,
        Guides, GuideScreen, Request, About, Rating, Category, Contact, CallTimes, Review,
        Sending, RequestKept, RequestCode, RequestStatusScreen,
    )
}
