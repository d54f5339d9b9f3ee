"""What pages say of a lounge, where it takes more words than a template puts together well."""

from miniapp.catalogue.whereabouts import whereabouts
from miniapp.web.traveller import door

door.add_app_template_filter(whereabouts)
